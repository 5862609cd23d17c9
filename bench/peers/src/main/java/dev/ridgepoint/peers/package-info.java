/** Ridgepoint's peers: an engine and its benchmarks each. */
package dev.ridgepoint.peers;
