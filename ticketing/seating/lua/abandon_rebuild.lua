-- Give up a rebuild that has failed, so that the next one need not wait for its token to run out. ARGV: run, token.
-- KEYS[5] rebuild, KEYS[6] late. Answers ok.

if redis.call('GET', KEYS[5]) == ARGV[2] then
  redis.call('DEL', KEYS[5], KEYS[6])
end
return { 'ok' }
