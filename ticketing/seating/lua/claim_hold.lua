-- Keep a hold alive while its order is written. ARGV: run, hold id, least time left in ms. Answers ok | gone | missing.

if not mirror_is_there(ARGV[1]) then
  return { 'missing' }
end
end_expired()
local hold = read_hold(ARGV[2])
if not hold then
  return { 'gone' }
end
local least = NOW + tonumber(ARGV[3])
if hold.expires < least then
  hold.expires = least
  write_hold(ARGV[2], hold)
end
return hold_answer(hold)
