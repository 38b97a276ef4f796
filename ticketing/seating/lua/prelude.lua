-- What every script of a screening begins with. All keys share the hash tag {screening}.
--
-- KEYS[1] mirror  hash: run, revision, layout, open, opens, closes, max, ttl, cap, starts (one byte a place)
-- KEYS[2] seats   string, one byte a place: f free, h held, r reserved, s sold, b kept back
-- KEYS[3] holds   hash: hold id -> "expires|cap|index,index,…", times in ms of this server's clock
-- KEYS[4] expiry  sorted set: hold id by its expiry
--
-- Every script answers a list that begins with its outcome. 'missing' means: rebuild the mirror from Postgres.

local MIRROR, SEATS, HOLDS, EXPIRY = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local FREE, HELD = 'f', 'h'

local time = redis.call('TIME')
local NOW = time[1] * 1000 + math.floor(time[2] / 1000)

-- Times exceed the 14 digits that tostring keeps.
local function digits(number)
  return string.format('%.0f', number)
end

local function publish(changes)
  local revision = redis.call('HINCRBY', MIRROR, 'revision', 1)
  redis.call('PUBLISH', MIRROR .. ':changes', digits(revision) .. ' ' .. changes)
  return revision
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

local function write_hold(id, hold)
  redis.call('HSET', HOLDS, id, digits(hold.expires) .. '|' .. digits(hold.cap) .. '|' .. hold.seats)
  redis.call('ZADD', EXPIRY, digits(hold.expires), id)
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
local function end_expired()
  local ended = redis.call('ZRANGEBYSCORE', EXPIRY, '-inf', digits(NOW), 'LIMIT', 0, 1000)
  if #ended == 0 then
    return
  end
  local changes = {}
  for _, id in ipairs(ended) do
    local hold = read_hold(id)
    if hold then
      end_hold(id, hold, changes)
    else
      redis.call('ZREM', EXPIRY, id)
    end
  end
  if #changes > 0 then
    publish(table.concat(changes, ','))
  end
end

-- The gate: false where there is no mirror of this run of this server.
local function mirror_is_there(run)
  return redis.call('HGET', MIRROR, 'run') == run and redis.call('EXISTS', SEATS) == 1
end
