-- SPDX-License-Identifier: Apache-2.0
-- For wrk: one kind of question, from the environment. METHOD, TOKEN, SUBJECT (X-Subject-Token), BODY; in
-- BODY every %N becomes a number that no other request has. Counts the answers that are not WANTED.
local body = os.getenv("BODY")
local wanted = tonumber(os.getenv("WANTED") or "200")
local threads = {}

function setup(thread)
	thread:set("number", #threads * 100000000)
	table.insert(threads, thread)
end

function init()
	wrk.method = os.getenv("METHOD") or "GET"
	wrk.headers["Content-Type"] = "application/json"
	if os.getenv("TOKEN") then wrk.headers["X-Auth-Token"] = os.getenv("TOKEN") end
	if os.getenv("SUBJECT") then wrk.headers["X-Subject-Token"] = os.getenv("SUBJECT") end
	run = os.getenv("RUN") or "r"
	wrong = 0
	asked = 0
end

function request()
	if not body then return wrk.format() end
	number = number + 1
	return wrk.format(nil, nil, nil, (body:gsub("%%N", run .. number)))
end

function response(status)
	asked = asked + 1
	if status ~= wanted then wrong = wrong + 1 end
end

function done(summary, latency)
	local bad = 0
	for _, thread in ipairs(threads) do bad = bad + thread:get("wrong") end
	io.write(string.format("RESULT %d %d %.0f %.3f %.3f\n", summary.requests, bad,
		summary.requests * 1000000 / summary.duration, latency:percentile(50) / 1000,
		latency:percentile(99) / 1000))
end
