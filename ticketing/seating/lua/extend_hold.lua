-- Keep a hold for another term, never beyond its cap. ARGV: run, hold id. Answers ok | gone | missing.

if not mirror_is_there(ARGV[1]) then
  return { 'missing' }
end
end_expired()
local hold = read_hold(ARGV[2])
if not hold then
  return { 'gone' }
end
-- A claim may have set a later expiry already: extending never shortens.
local term = NOW + tonumber(redis.call('HGET', MIRROR, 'ttl'))
hold.expires = math.max(hold.expires, math.min(term, hold.cap))
write_hold(ARGV[2], hold)
return hold_answer(hold)
