/** Follows redirects with cookies until an address that the test looks at itself. */
export async function browse(start: string, until: string): Promise<string> {
  const cookies = new Map<string, string>();
  let url = start;
  for (let i = 0; i < 10; i += 1) {
    if (url.startsWith(until)) return url;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const to = answer.headers.get('location');
    if (to === null) throw new Error(`No redirect at ${url}: ${answer.status} ${(await answer.text()).slice(0, 300)}`);
    url = new URL(to, url).href;
  }
  throw new Error('Too many redirects');
}
