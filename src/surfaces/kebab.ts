/** Names of tables as they stand in URLs (strapi-rest §1.1, payload-rest P-01). */

/** `playlist_track`, `PlaylistTrack` and `Playlist Track` become `playlist-track`; letters outside ASCII stay. */
export function kebab(name: string): string {
  const words = name
    .replace(/([\p{Ll}\p{Nd}])(?=\p{Lu})/gu, '$1-')
    .replace(/(\p{Lu})(?=\p{Lu}\p{Ll})/gu, '$1-')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .toLowerCase()
    .replace(/^-+|-+$/g, '');
  return words === '' ? 'table' : words;
}
