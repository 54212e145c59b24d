#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Gives the VDC of the environment's OS_* what a server needs, each if it is not there: the image
# "guest", the flavor "tiny" and the network "office". furnish.sh FOLDER, where the image is made and
# commands are noted (FOLDER/commands).
set -eu
folder=$1

ask() {
	echo "openstack $*" >>"$folder/commands"
	openstack "$@"
}

has() {
	openstack "$1" show -f value -c id "$2" >/dev/null 2>&1
}

[ -e "$folder/guest.qcow2" ] || sh tools/guest-image.sh "$folder/guest.qcow2"
has image guest ||
	ask image create --disk-format qcow2 --container-format bare --file "$folder/guest.qcow2" guest
# In a city the system administrator has made it (settle.sh).
has flavor tiny || ask flavor create --ram 128 --vcpus 1 --disk 1 tiny
if ! has network office; then
	ask network create office
	ask subnet create --network office --subnet-range 10.79.0.0/24 office-v4
fi
