package dev.ridgepoint.engine.ops;

import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/**
 * The angles of rotary position embeddings whose frequencies may depend on the length of a
 * sequence: a {@link RotaryTable} for all lengths that turn alike. The length is that for which the
 * sequence's cache has room: it stays what it is while the sequence grows, so that keys in the
 * cache and later queries turn alike however the tokens are fed. Tables are kept; of frequencies
 * that differ with every length there is one for each room that sequences were given.
 */
public final class RotaryTables {
  private final int dim;
  private final IntUnaryOperator classOf;
  private final IntFunction<RotaryTable> make;
  private int[] classes = new int[0];
  private RotaryTable[] tables = new RotaryTable[0];

  /**
   * @param dim elements of a head that are rotated, its first ones
   * @param classOf maps the length of a sequence to one that has the same angles
   * @param make makes the table of such a length
   */
  public RotaryTables(int dim, IntUnaryOperator classOf, IntFunction<RotaryTable> make) {
    this.dim = dim;
    this.classOf = classOf;
    this.make = make;
  }

  /** One table, whatever the length. */
  public static RotaryTables of(RotaryTable table) {
    return new RotaryTables(table.dim(), length -> 0, any -> table);
  }

  /** A new table of sequences of {@code length} positions, which it has rows for. */
  public RotaryTable table(int length) {
    RotaryTable table = make.apply(classOf.applyAsInt(length));
    table.ensure(length);
    return table;
  }

  /** Elements of a head that are rotated. */
  int dim() {
    return dim;
  }

  /** The table of a sequence, with rows for its positions up to the next. */
  void ensure(SequenceRows sequence) {
    int wanted = classOf.applyAsInt(sequence.cache().capacity());
    int index = 0;
    while (index < classes.length && classes[index] != wanted) {
      index++;
    }
    if (index == classes.length) {
      classes = Arrays.copyOf(classes, index + 1);
      classes[index] = wanted;
      tables = Arrays.copyOf(tables, index + 1);
      tables[index] = make.apply(wanted);
    }
    tables[index].ensure(sequence.position() + sequence.count());
  }

  /** The table of a sequence for which {@link #ensure} was called. */
  RotaryTable of(SequenceRows sequence) {
    int wanted = classOf.applyAsInt(sequence.cache().capacity());
    int index = 0;
    while (classes[index] != wanted) {
      index++;
    }
    return tables[index];
  }
}
