// An event source does not tell whether its connection is lost or the sign-in is over. The page tells: it leads to where
// one signs in, and back.
export async function signInAgain() {
  const answer = await fetch(location.href, { redirect: "manual" }).catch(() => null);
  if (answer?.type === "opaqueredirect" || answer?.status === 403) location.reload();
}
