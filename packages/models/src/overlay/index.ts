export type { ScoreRange } from './heat.js';
export { type ContactSheetOptions, renderContactSheet, type Tile } from './render_contact_sheet.js';
export { type OverlayOptions, renderOverlay } from './render_overlay.js';
