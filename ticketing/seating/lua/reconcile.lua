-- Repair single seats that differ from Postgres, and the terms of sale. ARGV: run, queue, number of seat repairs, then
-- for each: index, state seen, state due; then field and value pairs of the mirror. A seat that has changed since it
-- was looked at is left for the next round. Answers ok, repaired | missing.
--
-- Also what no server should lose, and one that evicts keys does: a hold without its expiry ends with its term again,
-- and a seat that is held by nobody is free.

local mirror = open_mirror(ARGV[1])
if not mirror or redis.call('EXISTS', SEATS) == 0 then
  return { 'missing' }
end
if redis.call('HLEN', HOLDS) ~= redis.call('ZCARD', EXPIRY) then
  for _, id in ipairs(redis.call('HKEYS', HOLDS)) do
    redis.call('ZADD', EXPIRY, digits(read_hold(id).expires), id)
  end
  mirror.next = 0
end
end_expired(mirror)
local changes, listed = {}, seats_of_holds()
hear_of_queue(mirror, ARGV[2], changes)
local changed_by_queue = #changes
local last = 3 + 3 * tonumber(ARGV[3])
for position = 4, last, 3 do
  local index, due = tonumber(ARGV[position]), ARGV[position + 2]
  if seat_at(index) == ARGV[position + 1] then
    -- See settle.lua: what a live hold lists is never free, nor what is kept for somebody.
    if (due == FREE or due == KEPT) and listed[index] then
      due = HELD
    end
    if due == FREE then
      if not (mirror.waiting and ARGV[position + 1] == KEPT) then
        free_seat(mirror, index, changes)
      end
    elseif due ~= ARGV[position + 1] then
      redis.call('SETRANGE', SEATS, index, due)
      changes[#changes + 1] = index .. due
    end
  end
end
local map, at = redis.call('GET', SEATS), 0
while true do
  at = string.find(map, HELD, at + 1, true)
  if not at then
    break
  end
  if not listed[at - 1] then
    free_seat(mirror, at - 1, changes)
  end
end
for position = last + 1, #ARGV - 1, 2 do
  redis.call('HSET', MIRROR, ARGV[position], ARGV[position + 1])
end
if #changes > 0 then
  publish(mirror, table.concat(changes, ','))
end
return { 'ok', #changes - changed_by_queue }
