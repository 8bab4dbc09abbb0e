import { type Command, InvalidArgumentError } from "commander";

const MAX_LIMIT = 200;

/** Adds the option `--limit`: the number of rows of a list, 1 to 200. */
export function withLimit(command: Command): Command {
  return command.option("--limit <n>", "number of rows, 1 to 200", wholeNumber(1, MAX_LIMIT), 50);
}

/** Parser of an option that is a whole number. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d{1,9}$/.test(text) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}
