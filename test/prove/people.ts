/** Who is there: administrators, users of the role that is proved, of another one, and the public. */

export interface Person {
  /** 0 is the public, 1 the administrator of the installation. */
  readonly id: number;
  readonly role: number;
  readonly name: string;
  readonly token: string | undefined;
  /** Whether requests are made as this one. */
  readonly asks: boolean;
}

export const adminToken = 'token-of-the-administrator';

const user = (id: number, role: number, name: string, asks: boolean): Person => ({ id, role, name, token: `token-of-${name}`, asks });

/** The rights of a world are those of role 3 and of the public alike. */
export const people: readonly Person[] = [
  { id: 0, role: 2, name: 'public', token: undefined, asks: true },
  user(3, 3, 'Pim', true),
  user(4, 3, 'Pia', false),
  user(5, 4, 'Olaf', false),
];

export const users = people.filter(({ id }) => id > 0);
