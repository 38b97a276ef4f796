-- Keep the mirror in step with the waiting list of its screening. ARGV: run, the queue ("version:1" while somebody
-- waits or has an offer), its open offers (see offers.lua), 1 to hold the seats of those that lost their hold (for a
-- caller whom no offer can end meanwhile). Answers ok, kept, how many offers have no hold, seats (empty where none is
-- kept for the list) | missing.

local mirror = open_mirror(ARGV[1])
if not mirror or redis.call('EXISTS', SEATS) == 0 then
  return { 'missing' }
end
end_expired(mirror)
local changes = {}
hear_of_queue(mirror, ARGV[2], changes)
if ARGV[4] == '1' then
  put_offers(mirror, ARGV[3], changes)
end
if #changes > 0 then
  publish(mirror, table.concat(changes, ','))
end
local map = redis.call('GET', SEATS)
return { 'ok', digits(mirror.kept), count_loose(ARGV[3]), string.find(map, KEPT, 1, true) and map or '' }
