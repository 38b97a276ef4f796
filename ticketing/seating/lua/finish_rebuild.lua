-- Put the mirror in place. ARGV: run and layout, token, seats as read from Postgres, lifetime of the keys in s, the
-- queue, its open offers (see offers.lua), the layout before and the place that each of its places has now ("4,-,5":
-- the second is gone; both empty where the layout is the same), then field and value pairs of the mirror. KEYS[5]
-- rebuild, KEYS[6] late. Answers ok | lost (the rebuild took too long).
--
-- Where the screening has moved to another layout, holds move along: one that would lose a seat ends as a whole.
--
-- What was offered to somebody who waits is theirs again, by the same hold. Other holds that outlived the mirror
-- (another run of this server with its data) stay, where their seats are free.

if redis.call('GET', KEYS[5]) ~= ARGV[2] then
  return { open_mirror(ARGV[1]) and 'ok' or 'lost' }
end
local run, layout = string.match(ARGV[1], '^(%S+) ?(.*)$')
local before, moves = ARGV[7], {}
for place in string.gmatch(ARGV[8], '[^,]+') do
  moves[#moves + 1] = tonumber(place) or false
end
-- The indices that places of the layout `from` have now; nil where one of them is gone.
local function moved(indices, from)
  if from == '' or from == layout then
    return indices
  end
  local places = {}
  for position, index in ipairs(indices) do
    local place = from == before and moves[index + 1]
    if not place then
      return nil
    end
    places[position] = place
  end
  return places
end
redis.call('SET', SEATS, ARGV[3])
for _, entry in ipairs(redis.call('LRANGE', KEYS[6], 0, -1)) do
  local from, indices, state = string.match(entry, '^(.*)|(.*):(%a)$')
  for _, index in ipairs(moved(indices_of(indices), from) or {}) do
    redis.call('SETRANGE', SEATS, index, state)
  end
end
local held_by = redis.call('HGET', MIRROR, 'layout') or ''
if held_by ~= '' and held_by ~= layout then
  for _, id in ipairs(redis.call('HKEYS', HOLDS)) do
    local hold = read_hold(id)
    local places = moved(indices_of(hold.seats), held_by)
    if places then
      hold.seats = table.concat(places, ',')
      redis.call('HSET', HOLDS, id, hold_text(hold))
    else
      redis.call('HDEL', HOLDS, id)
      redis.call('ZREM', EXPIRY, id)
    end
  end
end
-- While somebody waits, all that is free is theirs until they were asked.
local mirror = { next = 0, waiting = string.sub(ARGV[5], -1) == '1' }
if mirror.waiting then
  redis.call('SET', SEATS, (string.gsub(redis.call('GET', SEATS), FREE, KEPT)))
end
local offered = put_offers(mirror, ARGV[6], {})
for position = 9, #ARGV - 1, 2 do
  redis.call('HSET', MIRROR, ARGV[position], ARGV[position + 1])
end
-- In ms, so that it never falls behind the one that viewers saw before a loss.
-- What was left of a ranking under an older mirror counts no more: its revision is another one.
redis.call('HSET', MIRROR, 'run', run, 'revision', digits(NOW), 'freed', digits(NOW), 'next', '0', 'queue',
  ARGV[5], 'kept', digits(NOW))
local holds = redis.call('HGETALL', HOLDS)
for position = 1, #holds, 2 do
  local hold = read_hold(holds[position])
  local indices = indices_of(hold.seats)
  local whole = hold.expires > NOW
  for _, index in ipairs(indices) do
    local state = seat_at(index)
    whole = whole and (state == FREE or state == KEPT)
  end
  if offered[holds[position]] then
    redis.call('ZADD', EXPIRY, digits(hold.expires), holds[position])
  elseif whole then
    for _, index in ipairs(indices) do
      redis.call('SETRANGE', SEATS, index, HELD)
    end
    redis.call('ZADD', EXPIRY, digits(hold.expires), holds[position])
  else
    redis.call('HDEL', HOLDS, holds[position])
    redis.call('ZREM', EXPIRY, holds[position])
  end
end
redis.call('DEL', KEYS[5], KEYS[6])
for position = 1, 4 do
  redis.call('EXPIRE', KEYS[position], ARGV[4])
end
redis.call('PUBLISH', MIRROR .. ':changes', digits(NOW) .. ' ')
return { 'ok' }
