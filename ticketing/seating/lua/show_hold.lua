-- A hold as it stands. ARGV: run, hold id. Answers ok | gone | missing.

if not mirror_is_there(ARGV[1]) then
  return { 'missing' }
end
end_expired()
local hold = read_hold(ARGV[2])
if not hold then
  return { 'gone' }
end
return hold_answer(hold)
