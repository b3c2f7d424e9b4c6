/** Films that stand at YouTube or Vimeo and are known here by their id: told from their URLs, without asking anybody. */

export interface Embed {
  readonly type: 'embed/youtube' | 'embed/vimeo';
  readonly id: string;
}

const youTubeHosts: ReadonlySet<string> = new Set([
  'youtube.com',
  'www.youtube.com',
  'm.youtube.com',
  'music.youtube.com',
  'youtube-nocookie.com',
  'www.youtube-nocookie.com',
]);
const vimeoHosts: ReadonlySet<string> = new Set(['vimeo.com', 'www.vimeo.com', 'player.vimeo.com']);

const youTubeId = /^[\w-]{11}$/;
const vimeoId = /^\d{1,12}$/;

/** The film that a URL shows; undefined for any other URL. */
export function embedOf(url: URL): Embed | undefined {
  const host = url.hostname.toLowerCase();
  const path = url.pathname.split('/').filter((step) => step !== '');
  if (host === 'youtu.be') return youTube(path[0]);
  if (youTubeHosts.has(host)) {
    return youTube(['embed', 'shorts', 'live', 'v'].includes(path[0] ?? '') ? path[1] : (url.searchParams.get('v') ?? undefined));
  }
  if (!vimeoHosts.has(host)) return undefined;
  // A channel, a group or a showcase may stand before the number.
  const id = path.find((step) => vimeoId.test(step));
  return id === undefined ? undefined : { type: 'embed/vimeo', id };
}

function youTube(id: string | undefined): Embed | undefined {
  return id !== undefined && youTubeId.test(id) ? { type: 'embed/youtube', id } : undefined;
}

/** The frame that shows the film and the page where it is watched; null for what is no film. */
export function shownEmbed(type: string | null | undefined, id: string | null | undefined): { html: string; url: string } | null {
  if (type === 'embed/youtube' && youTubeId.test(id ?? '')) {
    return framed(`https://www.youtube.com/embed/${id}`, `https://www.youtube.com/watch?v=${id}`);
  }
  if (type === 'embed/vimeo' && vimeoId.test(id ?? '')) {
    return framed(`https://player.vimeo.com/video/${id}?title=0&byline=0&portrait=0`, `https://vimeo.com/${id}`);
  }
  return null;
}

function framed(source: string, url: string): { html: string; url: string } {
  const html = `<iframe width="620" height="349" src="${source.replaceAll('&', '&amp;')}" frameborder="0" allowfullscreen></iframe>`;
  return { html, url };
}
