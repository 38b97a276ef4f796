-- What the three ways of taking seats share. ARGV: run, hold id, holds per client and minute at most (0: any).
-- KEYS[5] rate    counter of this client's requests in the current minute

local function refused_at_the_gate(count)
  local m = redis.call('HMGET', MIRROR, 'run', 'open', 'opens', 'closes', 'max')
  if m[1] ~= ARGV[1] or redis.call('EXISTS', SEATS) == 0 then
    return { 'missing' }
  end
  local rate_max = tonumber(ARGV[3])
  if rate_max > 0 then
    local made = redis.call('INCR', KEYS[5])
    if made == 1 then
      redis.call('PEXPIRE', KEYS[5], 60000)
    end
    if made > rate_max then
      return { 'slow', redis.call('PTTL', KEYS[5]) }
    end
  end
  if m[2] ~= '1' or NOW < tonumber(m[3]) or NOW >= tonumber(m[4]) then
    return { 'closed', m[3], m[4] }
  end
  if count > tonumber(m[5]) then
    return { 'too_many', tonumber(m[5]) }
  end
  end_expired()
  return nil
end

local function take(indices)
  local terms = redis.call('HMGET', MIRROR, 'ttl', 'cap')
  local changes = {}
  for position, index in ipairs(indices) do
    redis.call('SETRANGE', SEATS, index, HELD)
    changes[position] = index .. HELD
  end
  local hold = {
    expires = NOW + tonumber(terms[1]),
    cap = NOW + tonumber(terms[2]),
    seats = table.concat(indices, ','),
  }
  write_hold(ARGV[2], hold)
  publish(table.concat(changes, ','))
  return hold_answer(hold)
end
