// What must not steer a terminal does no good in a Markdown file either.
export { printable } from '../../formats/printable.ts';
