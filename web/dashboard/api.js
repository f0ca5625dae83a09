// Asking the node. The token, where it wants one, is kept for as long as the window is open.

const KEY = "hpush.admin.token";

/** An answer that is no success: `status`, 0 when there was none, and what the node says of it. */
export class Failure extends Error {
  constructor(status, error) {
    super(error?.message ?? "no answer");
    this.status = status;
    this.detail = error ?? {};
  }
}

export const token = {
  get: () => sessionStorage.getItem(KEY) ?? "",
  set: (value) => (value ? sessionStorage.setItem(KEY, value) : sessionStorage.removeItem(KEY)),
};

export async function ask(path, method = "GET", seconds = 10) {
  const headers = token.get() ? { Authorization: `Bearer ${token.get()}` } : {};
  let answer;
  let body;
  try {
    answer = await fetch(path, { method, headers, cache: "no-store", signal: AbortSignal.timeout(seconds * 1000) });
    body = await answer.json();
  } catch {
    throw new Failure(answer && !answer.ok ? answer.status : 0);
  }
  if (!answer.ok) throw new Failure(answer.status, body.error);
  return body;
}
