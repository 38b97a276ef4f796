-- What every script of a screening begins with. All keys share the hash tag {screening}.
--
-- KEYS[1] mirror  hash: run, revision, layout, open, opens, closes, max, ttl, cap;
--                 next: no hold expires before this; freed: revision at which a seat last became free;
--                 queue: "version:1" while somebody waits for seats or has an offer, else "version:0";
--                 kept: goes up with all that the waiting list must be asked about
-- KEYS[2] seats   string, one byte a place: f free, h held, r reserved, s sold, b kept back for an owner,
--                 w came free while somebody waits: kept back until the waiting list was asked
-- KEYS[3] holds   hash: hold id -> "expires|cap|index,index,…", times in ms of this server's clock
-- KEYS[4] expiry  sorted set: hold id by its expiry
--
-- Every script answers a list that begins with its outcome. 'missing' means: rebuild the mirror from Postgres.
-- A call to the server costs about as much as all the Lua around it, so each is made once and for a reason.

local MIRROR, SEATS, HOLDS, EXPIRY = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local FREE, HELD, KEPT = 'f', 'h', 'w'

local time = redis.call('TIME')
local NOW = time[1] * 1000 + math.floor(time[2] / 1000)

-- Times exceed the 14 digits that tostring keeps.
local function digits(number)
  return string.format('%.0f', number)
end

-- The gate: nil where there is no mirror of this run of this server, or where it is one of another layout than the
-- caller's. `run` is the run's id, or (where places are counted) that and the layout's: "run layout".
local function open_mirror(run)
  local read = redis.call('HMGET', MIRROR, 'run', 'revision', 'next', 'freed', 'open', 'opens', 'closes', 'max',
    'ttl', 'cap', 'layout', 'queue', 'kept')
  if read[1] ~= run and (not read[1] or not read[11] or read[1] .. ' ' .. read[11] ~= run) then
    return nil
  end
  local first_expiry = tonumber(read[3] or 0)
  return {
    revision = tonumber(read[2]), next = first_expiry, kept_next = first_expiry, freed = tonumber(read[4] or 0),
    open = read[5],
    opens = tonumber(read[6]), closes = tonumber(read[7]), max = tonumber(read[8]),
    ttl = tonumber(read[9]), cap = tonumber(read[10]), layout = read[11],
    queue = read[12], waiting = read[12] and string.sub(read[12], -1) == '1', kept = tonumber(read[13] or 0),
  }
end

-- From now on an answer to the waiting list's last question is no answer any more.
local function ask_again(mirror)
  mirror.kept = mirror.kept + 1
  redis.call('HSET', MIRROR, 'kept', digits(mirror.kept))
end

local function publish(mirror, changes)
  if mirror.waiting and string.find(changes, KEPT, 1, true) then
    ask_again(mirror)
  end
  local revision = mirror.revision + 1
  mirror.revision = revision
  local text = digits(revision)
  if string.find(changes, FREE, 1, true) then
    mirror.freed = revision
    redis.call('HSET', MIRROR, 'revision', text, 'freed', text, 'next', digits(mirror.next))
  elseif mirror.next ~= mirror.kept_next then
    redis.call('HSET', MIRROR, 'revision', text, 'next', digits(mirror.next))
  else
    redis.call('HSET', MIRROR, 'revision', text)
  end
  mirror.kept_next = mirror.next
  redis.call('PUBLISH', MIRROR .. ':changes', text .. ' ' .. changes)
end

local function seat_at(index)
  return redis.call('GETRANGE', SEATS, index, index)
end

-- Whether places lie side by side in the string, as those of a row mostly do: then one call reads or writes them all.
local function are_a_run(indices)
  local first = indices[1]
  for position = 2, #indices do
    if indices[position] ~= first + position - 1 then
      return false
    end
  end
  return true
end

-- The states of places, one byte each, in their order; shorter where the seats are missing.
local function states_of(indices)
  if are_a_run(indices) then
    return redis.call('GETRANGE', SEATS, indices[1], indices[#indices])
  end
  local states = {}
  for position, index in ipairs(indices) do
    states[position] = seat_at(index)
  end
  return table.concat(states)
end

local function set_states(indices, state)
  if are_a_run(indices) then
    redis.call('SETRANGE', SEATS, indices[1], string.rep(state, #indices))
    return
  end
  for _, index in ipairs(indices) do
    redis.call('SETRANGE', SEATS, index, state)
  end
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
  hold.expires_text, hold.cap_text = digits(hold.expires), digits(hold.cap)
  return hold.expires_text .. '|' .. hold.cap_text .. '|' .. hold.seats
end

-- The two ways of writing a hold come before `publish`, which keeps mirror.next.
local function write_expiry(mirror, id, hold)
  redis.call('ZADD', EXPIRY, hold.expires_text, id)
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
  return { 'ok', hold.seats, hold.expires_text or digits(hold.expires), hold.cap_text or digits(hold.cap) }
end

-- Every way in which a seat becomes free leads through here. While somebody waits it is kept for them until they
-- were asked, and so are the free ones beside it: together they may make room for a party. A list of free seats
-- that was looked at before is thereby never half taken by somebody who passes by.
local function free_seat(mirror, index, changes)
  local state = mirror.waiting and KEPT or FREE
  redis.call('SETRANGE', SEATS, index, state)
  changes[#changes + 1] = index .. state
  if not mirror.waiting then
    return
  end
  for step = -1, 1, 2 do
    local beside = index + step
    while beside >= 0 and seat_at(beside) == FREE do
      redis.call('SETRANGE', SEATS, beside, KEPT)
      changes[#changes + 1] = beside .. KEPT
      beside = beside + step
    end
  end
end

-- What Postgres says of the waiting list. Words can overtake each other, so only a newer one counts. It means that
-- somebody joined or wants something else: all that is free is kept until they were asked; or that nobody waits any
-- more: what was kept is everybody's.
local function hear_of_queue(mirror, queue, changes)
  local version, known = string.match(queue, '^%d+'), string.match(mirror.queue or '', '^%d+')
  if known and tonumber(version) <= tonumber(known) then
    return
  end
  mirror.queue, mirror.waiting = queue, string.sub(queue, -1) == '1'
  redis.call('HSET', MIRROR, 'queue', queue)
  local from, into = KEPT, FREE
  if mirror.waiting then
    from, into = FREE, KEPT
    ask_again(mirror)
  end
  local map = redis.call('GET', SEATS)
  local at = string.find(map, from, 1, true)
  if not at then
    return
  end
  redis.call('SETRANGE', SEATS, 0, (string.gsub(map, from, into)))
  while at do
    changes[#changes + 1] = (at - 1) .. into
    at = string.find(map, from, at + 1, true)
  end
end

-- Frees the held ones among a hold's seats and forgets the hold. A seat that has been sold since stays sold.
local function end_hold(mirror, id, hold, changes)
  for _, index in ipairs(indices_of(hold.seats)) do
    if seat_at(index) == HELD then
      free_seat(mirror, index, changes)
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
      end_hold(mirror, id, hold, changes)
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
