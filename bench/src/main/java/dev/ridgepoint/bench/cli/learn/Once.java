package dev.ridgepoint.bench.cli.learn;

import java.util.Optional;
import java.util.function.Supplier;

/** Computes its value when it is first asked for, and then knows it. */
final class Once<T> implements Supplier<T> {
  private final Supplier<T> source;
  private Optional<T> value = Optional.empty();

  Once(Supplier<T> source) {
    this.source = source;
  }

  @Override
  public T get() {
    if (value.isEmpty()) {
      value = Optional.of(source.get());
    }
    return value.get();
  }
}
