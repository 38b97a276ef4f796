-- Announce a rebuild: from now on `settle` notes what this rebuild may not have read. ARGV: run, token, its
-- lifetime in ms. KEYS[5] rebuild, KEYS[6] late. Answers ok, the layout of the mirror that is there (or '') | there (no
-- need) | busy (another is under way).

if open_mirror(ARGV[1]) and redis.call('EXISTS', SEATS) == 1 then
  return { 'there' }
end
if not redis.call('SET', KEYS[5], ARGV[2], 'NX', 'PX', ARGV[3]) then
  -- Our own token: the answer to this very call was lost, and the client sent it again.
  if redis.call('GET', KEYS[5]) ~= ARGV[2] then
    return { 'busy' }
  end
else
  redis.call('DEL', KEYS[6])
end
return { 'ok', redis.call('HGET', MIRROR, 'layout') or '' }
