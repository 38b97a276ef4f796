-- What every script of a screening begins with. All keys share the hash tag {screening}.
--
-- KEYS[1] mirror  hash: run, revision, layout, open, opens, closes, max, ttl, cap, starts (one byte a place);
--                 next: no hold expires before this; freed: revision at which a seat last became free
-- KEYS[2] seats   string, one byte a place: f free, h held, r reserved, s sold, b kept back
-- KEYS[3] holds   hash: hold id -> "expires|cap|index,index,…", times in ms of this server's clock
-- KEYS[4] expiry  sorted set: hold id by its expiry
--
-- Every script answers a list that begins with its outcome. 'missing' means: rebuild the mirror from Postgres.
-- A call to the server costs about as much as all the Lua around it, so each is made once and for a reason.

local MIRROR, SEATS, HOLDS, EXPIRY = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local FREE, HELD = 'f', 'h'

local time = redis.call('TIME')
local NOW = time[1] * 1000 + math.floor(time[2] / 1000)

-- Times exceed the 14 digits that tostring keeps.
local function digits(number)
  return string.format('%.0f', number)
end

-- The gate: nil where there is no mirror of this run of this server. `cursor` names a field of hold_best.
local function open_mirror(run, cursor)
  local read = redis.call('HMGET', MIRROR, 'run', 'revision', 'next', 'freed', 'open', 'opens', 'closes', 'max',
    'ttl', 'cap', cursor or 'layout')
  if read[1] ~= run then
    return nil
  end
  return {
    revision = tonumber(read[2]), next = tonumber(read[3] or 0), freed = tonumber(read[4] or 0), open = read[5],
    opens = tonumber(read[6]), closes = tonumber(read[7]), max = tonumber(read[8]),
    ttl = tonumber(read[9]), cap = tonumber(read[10]), last = read[11],
  }
end

local function publish(mirror, changes)
  local revision = mirror.revision + 1
  mirror.revision = revision
  if string.find(changes, FREE, 1, true) then
    mirror.freed = revision
    redis.call('HSET', MIRROR, 'revision', digits(revision), 'freed', digits(revision), 'next', digits(mirror.next))
  else
    redis.call('HSET', MIRROR, 'revision', digits(revision), 'next', digits(mirror.next))
  end
  redis.call('PUBLISH', MIRROR .. ':changes', digits(revision) .. ' ' .. changes)
end

local function seat_at(index)
  return redis.call('GETRANGE', SEATS, index, index)
end

local function indices_of(text)
  local indices = {}
  for index in string.gmatch(text, '%d+') do
    indices[#indices + 1] = tonumber(index)
  end
  return indices
end

local function read_hold(id)
  local text = redis.call('HGET', HOLDS, id)
  if not text then
    return nil
  end
  local expires, cap, seats = string.match(text, '^(%d+)|(%d+)|(.*)$')
  return { expires = tonumber(expires), cap = tonumber(cap), seats = seats }
end

-- Which places some hold lists, as a set of indices.
local function seats_of_holds()
  local listed = {}
  for _, text in ipairs(redis.call('HVALS', HOLDS)) do
    for index in string.gmatch(string.match(text, '|([%d,]*)$'), '%d+') do
      listed[tonumber(index)] = true
    end
  end
  return listed
end

local function hold_text(hold)
  return digits(hold.expires) .. '|' .. digits(hold.cap) .. '|' .. hold.seats
end

-- The two ways of writing a hold come before `publish`, which keeps mirror.next.
local function write_expiry(mirror, id, hold)
  redis.call('ZADD', EXPIRY, digits(hold.expires), id)
  if hold.expires < mirror.next then
    mirror.next = hold.expires
  end
end

local function write_hold(mirror, id, hold)
  redis.call('HSET', HOLDS, id, hold_text(hold))
  write_expiry(mirror, id, hold)
end

-- False, and nothing written, where a hold of that id is there.
local function write_new_hold(mirror, id, hold)
  if redis.call('HSETNX', HOLDS, id, hold_text(hold)) == 0 then
    return false
  end
  write_expiry(mirror, id, hold)
  return true
end

local function hold_answer(hold)
  return { 'ok', hold.seats, digits(hold.expires), digits(hold.cap) }
end

-- Frees the held ones among a hold's seats and forgets the hold. A seat that has been sold since stays sold.
local function end_hold(id, hold, changes)
  for _, index in ipairs(indices_of(hold.seats)) do
    if seat_at(index) == HELD then
      redis.call('SETRANGE', SEATS, index, FREE)
      changes[#changes + 1] = index .. FREE
    end
  end
  redis.call('HDEL', HOLDS, id)
  redis.call('ZREM', EXPIRY, id)
end

-- Expiry is decided here, by this server's clock: it needs no application process to be alive.
local function end_expired(mirror)
  if NOW < mirror.next then
    return
  end
  local changes = {}
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', EXPIRY, '-inf', digits(NOW), 'LIMIT', 0, 1000)) do
    local hold = read_hold(id)
    if hold then
      end_hold(id, hold, changes)
    else
      redis.call('ZREM', EXPIRY, id)
    end
  end
  local first = redis.call('ZRANGE', EXPIRY, 0, 0, 'WITHSCORES')
  -- Nobody holds anything: whoever does next, says until when.
  mirror.next = tonumber(first[2] or '8640000000000000')
  if #changes > 0 then
    publish(mirror, table.concat(changes, ','))
  else
    redis.call('HSET', MIRROR, 'next', digits(mirror.next))
  end
end
