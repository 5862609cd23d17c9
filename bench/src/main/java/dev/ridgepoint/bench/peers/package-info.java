/** Ridgepoint beside other engines, measured in turns; the engines themselves are elsewhere. */
package dev.ridgepoint.bench.peers;
