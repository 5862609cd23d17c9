package dev.ridgepoint.engine;

/**
 * Which rows of a step's activations belong to one sequence.
 *
 * @param cache the sequence's keys and values
 * @param first its first row
 * @param count its rows: one per new token
 * @param position the position, from 0, of its first new token
 */
public record SequenceRows(KvCache cache, int first, int count, int position) {}
