/** Time zones offered for a user, west to east. IANA names, so that summer time is right without our doing. */
const places: readonly (readonly [area: string, names: string])[] = [
  ['Pacific', 'Midway Pago_Pago Honolulu Marquesas Gambier Pitcairn'],
  [
    'America',
    'Anchorage Juneau Los_Angeles Vancouver Phoenix Denver Edmonton Chihuahua Chicago Winnipeg Regina ' +
      'Mexico_City Guatemala Costa_Rica New_York Toronto Jamaica Panama ' +
      'Bogota Lima Halifax Santo_Domingo Caracas La_Paz Manaus Asuncion Santiago St_Johns ' +
      'Argentina/Buenos_Aires Montevideo Sao_Paulo Miquelon Nuuk Noronha',
  ],
  ['Atlantic', 'Bermuda Stanley South_Georgia Azores Cape_Verde Canary Madeira Reykjavik Faroe'],
  ['Africa', 'Casablanca Dakar Accra Algiers Tunis Lagos Kinshasa Luanda Cairo Johannesburg Khartoum Tripoli Nairobi Addis_Ababa Kampala'],
  [
    'Europe',
    'Lisbon Dublin London Madrid Paris Brussels Amsterdam Zurich Berlin Rome Copenhagen Oslo Stockholm Vienna Prague Budapest Warsaw ' +
      'Belgrade Athens Bucharest Sofia Helsinki Tallinn Riga Vilnius Kyiv Istanbul Minsk Moscow Samara',
  ],
  [
    'Asia',
    'Jerusalem Beirut Amman Baghdad Kuwait Riyadh Tehran Dubai Baku Tbilisi Yerevan Kabul Karachi Tashkent Yekaterinburg Kolkata Colombo ' +
      'Kathmandu Dhaka Almaty Yangon Bangkok Ho_Chi_Minh Jakarta Krasnoyarsk Shanghai Hong_Kong Singapore Manila Taipei Tokyo Seoul Vladivostok Kamchatka',
  ],
  ['Australia', 'Perth Eucla Darwin Adelaide Brisbane Sydney Hobart Lord_Howe'],
  ['Pacific', 'Port_Moresby Noumea Fiji Auckland Chatham Tongatapu Apia Kiritimati'],
];

/** Name to label, for a dropdown's `choices`. */
export const timezoneChoices: Readonly<Record<string, string>> = Object.fromEntries([
  ['UTC', 'UTC'],
  ...places.flatMap(([area, names]) =>
    names.split(' ').map((place): [string, string] => {
      const zone = `${area}/${place}`;
      return [zone, zone.replaceAll('_', ' ').replaceAll('/', ' / ')];
    }),
  ),
]);
