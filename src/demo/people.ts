/** Words for customers and what they say. All of them are invented. */

/** Given names. */
export const firstNames: readonly string[] = (
  'Ada Aino Alma Amir Anouk Anton Bea Ben Björn Bruno Carla Chiara Clara Daan Dario Edda Elif Emil Esther Eva Femke Filip Finn Frida Gaia Hana ' +
  'Hugo Ida Ilse Ines Ivan Jana Jonas Juno Kaja Karim Lars Lea Leo Lina Lotte Luca Maja Malik Mara Marek Mila Mina Nils Noa Nora Olga Oskar ' +
  'Paul Petra Pia Rafael Rosa Samir Selma Sofia Tara Theo Tilda Tom Ugo Vera Viggo Wanda Yara Yuki Zoe'
).split(' ');

/** Family names. */
export const lastNames: readonly string[] = (
  'Abel Andersen Bakker Bauer Bergström Bianchi Brandt Castro Claes Costa Dahl Dubois Eriksen Fabre Fischer Fontana García Graf Haas Hansen ' +
  'Holm Horváth Ito Jansen Jensen Kaya Keller König Kowalski Larsen Lehmann Lindqvist López Maier Marino Martin Meyer Moreau Müller Nagy ' +
  'Neumann Nilsen Novák Olsen Papadakis Pereira Peters Petit Ricci Rossi Roux Sato Schmid Silva Smit Sørensen Svoboda Tanaka Thomsen Visser ' +
  'Vogel Wagner Weber Winkler Wójcik Zimmermann'
).split(' ');

export const cities: readonly (readonly [city: string, country: string, zip: string])[] = [
  ['Innsbruck', 'AT', '6020'],
  ['Bergen', 'NO', '5003'],
  ['Lyon', 'FR', '69001'],
  ['Freiburg', 'DE', '79098'],
  ['Kraków', 'PL', '31-002'],
  ['Bolzano', 'IT', '39100'],
  ['Göteborg', 'SE', '411 03'],
  ['Chur', 'CH', '7000'],
  ['Ljubljana', 'SI', '1000'],
  ['Keswick', 'GB', 'CA12 5'],
  ['Utrecht', 'NL', '3511'],
  ['Bilbao', 'ES', '48001'],
];

export const streets: readonly string[] =
  'Mill Lane,Station Road,Bergstraße,Rue du Lac,Via Alpina,Kirkegata,Long Row,Am Hang,Chemin Vert,Calle Mayor,Old Quay,Waldweg'.split(',');

/** Titles and texts of reviews, from one star to five. */
export const opinions: readonly { readonly titles: readonly string[]; readonly texts: readonly string[] }[] = [
  {
    titles: ['Sent it back', 'Broke on day two', 'Not what was promised'],
    texts: ['The zip failed on the first evening.', 'It leaked where the seams meet.', 'Half the size I expected.'],
  },
  {
    titles: ['Could be better', 'Too heavy for me', 'Disappointing'],
    texts: ['Fine for the garden, not for the mountains.', 'The straps cut in after an hour.', 'The colour is nothing like the picture.'],
  },
  {
    titles: ['Does its job', 'Decent', 'Good and bad'],
    texts: ['Solid, if a little plain.', 'Works well in summer, less so in the cold.', 'Good value once it is reduced.'],
  },
  {
    titles: ['Very happy', 'Nearly perfect', 'Well made'],
    texts: ['Used it for two weeks in the rain and stayed dry.', 'Light, and quick to set up.', 'Only the bag it comes in is too tight.'],
  },
  {
    titles: ['Would buy again', 'Best I ever had', 'Simply good'],
    texts: ['Three seasons and not a scratch.', 'My whole family uses it by now.', 'Took it across the Hardangervidda and back.'],
  },
];
