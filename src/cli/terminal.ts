/** Talking to people: prompts and moving progress on a terminal, plain lines anywhere else. What draws is loaded when it is needed. */

/** A message for whoever called the command; ends it with exit code 1 and without a stack. */
export class CommandError extends Error {}

export interface Terminal {
  /** Whether questions can be asked. */
  readonly interactive: boolean;
  /** A line on standard output. */
  say(line: string): void;
  /** Runs long work under a title. `work` may say how far it is. The result's sentence is `done(result)`. */
  step<T>(title: string, work: (progress: (message: string) => void) => Promise<T>, done: (result: T) => string): Promise<T>;
  /** Asks for a line; throws CommandError where nobody can answer or somebody cancels. */
  ask(question: Question): Promise<string>;
}

interface Question {
  readonly message: string;
  /** The flag that answers it without being asked. */
  readonly flag: string;
  readonly secret?: boolean;
  /** The sentence about an answer that will not do. */
  readonly check?: (answer: string) => string | undefined;
}

/** Plain lines tell of progress at most this often. */
const plainInterval = 2_000;

/** The terminal of this process: what commands print to and ask on. */
export function openTerminal(): Terminal {
  const interactive = process.stdout.isTTY === true && process.stdin.isTTY === true;
  const say = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  return { interactive, say, step: interactive ? movingStep : plainStep(say), ask: interactive ? ask : cannotAsk };
}

async function movingStep<T>(
  title: string,
  work: (progress: (message: string) => void) => Promise<T>,
  done: (result: T) => string,
): Promise<T> {
  const { spinner: makeSpinner } = await import('@clack/prompts');
  const spinner = makeSpinner();
  spinner.start(title);
  try {
    const result = await work((message) => spinner.message(`${title}: ${message}`));
    spinner.stop(done(result));
    return result;
  } catch (error) {
    spinner.error(title);
    throw error;
  }
}

function plainStep(say: (line: string) => void): Terminal['step'] {
  return async (title, work, done) => {
    say(`${title} ...`);
    let last = Date.now();
    const result = await work((message) => {
      if (Date.now() - last < plainInterval) return;
      last = Date.now();
      say(`  ${message}`);
    });
    say(done(result));
    return result;
  };
}

async function ask(question: Question): Promise<string> {
  const clack = await import('@clack/prompts');
  const validate = (answer: string | undefined): string | undefined => {
    if (answer === undefined || answer === '') return 'An answer is needed';
    return question.check?.(answer);
  };
  const answer = question.secret
    ? await clack.password({ message: question.message, validate })
    : await clack.text({ message: question.message, validate });
  if (clack.isCancel(answer)) throw new CommandError('cancelled');
  return answer;
}

async function cannotAsk(question: Question): Promise<string> {
  throw new CommandError(`${question.flag} is missing, and there is no terminal to ask on`);
}
