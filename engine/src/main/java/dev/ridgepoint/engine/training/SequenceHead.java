package dev.ridgepoint.engine.training;

import static dev.ridgepoint.engine.kernels.Blocking.LOOP_COLUMNS;

import dev.ridgepoint.engine.ops.HeadLayout;
import java.util.function.Consumer;

/**
 * A unit of attention's work, in both passes: one key-value head of one sequence, with the query
 * heads that share it.
 *
 * @param heads how a row of queries, keys and values is laid out
 * @param head of keys and values
 * @param firstRow row of the sequence's first token
 * @param length tokens of the sequence
 */
record SequenceHead(HeadLayout heads, int head, int firstRow, int length) {
  /** What is done with a unit. */
  interface Task {
    void run(int worker, SequenceHead unit);
  }

  /** All units of a batch, shared out among the workers. */
  static void forEach(TrainingWorkspace workspace, TokenBatch batch, HeadLayout heads, Task task) {
    workspace
        .workers()
        .run(
            batch.sequences() * heads.keyValueHeads(),
            1,
            (worker, from, to) -> {
              for (int unit = from; unit < to; unit++) {
                int firstRow = unit / heads.keyValueHeads() * batch.length();
                int head = unit % heads.keyValueHeads();
                task.run(worker, new SequenceHead(heads, head, firstRow, batch.length()));
              }
            });
  }

  /** The first element of the keys in a row. */
  int keyColumn() {
    return (heads.queryHeads() + head) * heads.headDim();
  }

  /** The first element of the values in a row. */
  int valueColumn() {
    return keyColumn() + heads.keyValueHeads() * heads.headDim();
  }

  /** The queries of all heads that share this one, a block at a time. */
  void forEachBlock(Consumer<QueryBlock> task) {
    int group = heads.queryHeads() / heads.keyValueHeads();
    for (int queryHead = head * group; queryHead < (head + 1) * group; queryHead++) {
      for (int token = 0; token < length; token += LOOP_COLUMNS) {
        int count = Math.min(LOOP_COLUMNS, length - token);
        task.accept(new QueryBlock(firstRow + token, token, count, queryHead, heads.headDim()));
      }
    }
  }
}
