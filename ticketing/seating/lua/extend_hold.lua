-- Keep a hold for another term, never beyond its cap. ARGV: run, hold id. Answers ok | gone | missing.

local mirror = open_mirror(ARGV[1])
if not mirror then
  return { 'missing' }
end
end_expired(mirror)
local hold = read_hold(ARGV[2])
if not hold then
  return { 'gone' }
end
-- A claim may have set a later expiry already: extending never shortens.
local term = NOW + mirror.ttl
hold.expires = math.max(hold.expires, math.min(term, hold.cap))
write_hold(mirror, ARGV[2], hold)
return hold_answer(hold)
