const WEEKS = 6;
const DAYS = 7;

/** The month of a day in the time zone of this computer: `2030-03` */
export function monthOf(day: Date): string {
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}`;
}

/** The month some months after another one, or before it. */
export function monthAfter(month: string, count: number): string {
  const first = new Date(`${month}-01T00:00`);
  return monthOf(new Date(first.getFullYear(), first.getMonth() + count, 1));
}

/** The days of the six weeks that show a month, from the Monday on or before its first day. */
export function daysOf(month: string): Date[] {
  const first = new Date(`${month}-01T00:00`);
  const before = (first.getDay() + DAYS - 1) % DAYS;
  return Array.from(
    { length: WEEKS * DAYS },
    (_, n) => new Date(first.getFullYear(), first.getMonth(), 1 - before + n),
  );
}
