package dev.ridgepoint.engine.ops;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.HugePageArena;
import dev.ridgepoint.engine.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory of activations that have the same rows. It is kept from step to step and grows to the
 * largest; a step with as many rows as the last allocates nothing.
 */
public final class Activations implements AutoCloseable {
  private final List<Activation> all = new ArrayList<>();

  /** Of each activation all the rows that there is memory for. */
  private final List<Tensor> memory = new ArrayList<>();

  private Arena arena = new HugePageArena();
  private int capacity = 1;
  private int rows = 1;

  /** Another activation; it has one row until {@link #resize} says otherwise. */
  public Activation add(int width) {
    Tensor whole = Tensor.allocate(arena, DType.F32, capacity, width);
    Activation activation = Activation.of(whole.rows(rows));
    memory.add(whole);
    all.add(activation);
    return activation;
  }

  /** Gives every activation {@code rows} rows of any content. */
  public void resize(int rows) {
    if (rows > capacity) {
      grow(rows);
    }
    if (rows != this.rows) {
      for (int i = 0; i < all.size(); i++) {
        all.get(i).set(memory.get(i).rows(rows));
      }
      this.rows = rows;
    }
  }

  private void grow(int rows) {
    arena.close();
    arena = new HugePageArena();
    // Should there be no memory, the next step finds none and asks again.
    capacity = 0;
    this.rows = 0;
    for (int i = 0; i < all.size(); i++) {
      memory.set(i, Tensor.allocate(arena, DType.F32, rows, all.get(i).width()));
    }
    capacity = rows;
  }

  /** Frees the memory. */
  @Override
  public void close() {
    arena.close();
  }
}
