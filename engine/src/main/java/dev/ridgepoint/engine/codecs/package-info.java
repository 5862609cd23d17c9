/**
 * How numbers are stored in a row of memory or of a file: a codec per format, or a decoder alone.
 */
package dev.ridgepoint.engine.codecs;
