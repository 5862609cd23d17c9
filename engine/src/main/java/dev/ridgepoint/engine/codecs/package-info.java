/** How numbers are stored in a row of memory or of a file, one codec per format. */
package dev.ridgepoint.engine.codecs;
