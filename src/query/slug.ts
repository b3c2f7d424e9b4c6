/** Titles as parts of addresses. */

/** Letters that are not a plain letter with a mark on it. */
const spelled: Readonly<Record<string, string>> = {
  ß: 'ss',
  ẞ: 'SS',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'TH',
  ł: 'l',
  Ł: 'L',
  ı: 'i',
};

/** Letters and digits of any script, without the marks of Latin ones, with hyphens between the words. No longer than `length` characters. */
export function slugOf(text: string, lower: boolean, length?: number): string {
  const plain = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[ßẞæÆœŒøØđĐðÐþÞłŁı]/g, (letter) => spelled[letter] ?? letter)
    .normalize('NFC')
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-');
  const cut = [...plain.replace(/^-/, '')].slice(0, length).join('').replace(/-$/, '');
  return lower ? cut.toLowerCase() : cut;
}
