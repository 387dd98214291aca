export { AdError, type AdErrorCode, ERROR_CODES } from './errors.js';
