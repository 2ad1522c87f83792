/** A URL, or what a request says in its place, without what may be a secret: user and password, and a token in the query. */
export function shownUrl(url: string | URL): string {
  if (url instanceof URL) return `${url.protocol}//${url.host}${url.pathname}`;
  if (URL.canParse(url)) return shownUrl(new URL(url));
  const [shown = ''] = url.split(/[?#]/, 1);
  return shown.replace(/^([^/]*\/\/)?[^/]*@/, '$1');
}
