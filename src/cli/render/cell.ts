// The cells of tables that people read are those of files.
export { cellText, jsonText, type PrintColumn, type PrintRow } from '../../formats/cell.ts';
