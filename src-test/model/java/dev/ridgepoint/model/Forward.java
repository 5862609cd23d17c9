package dev.ridgepoint.model;

import dev.ridgepoint.engine.DType;
import dev.ridgepoint.engine.Meter;
import dev.ridgepoint.engine.Tensor;
import dev.ridgepoint.engine.Workers;
import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.model.checkpoint.Checkpoint;
import dev.ridgepoint.model.serving.Drafter;
import dev.ridgepoint.model.serving.Session;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A small model with its decoder, and the ways of feeding it. */
public final class Forward implements AutoCloseable {
  /** Few, so that prompts are fed in pieces. */
  private static final int TOKENS_PER_STEP = 8;

  private final Workers workers;
  private final LoadedModel model;
  public final Program decoder;

  /** With weights as the checkpoint stores them. */
  public Forward(Path checkpoint, int threads) {
    this(checkpoint, threads, Optional.empty());
  }

  /** With weights rounded to {@code type}. */
  public Forward(Path checkpoint, int threads, DType type) {
    this(checkpoint, threads, Optional.of(type));
  }

  private Forward(Path checkpoint, int threads, Optional<DType> type) {
    workers = new Workers(threads);
    try (Checkpoint opened = Checkpoint.open(checkpoint)) {
      MatrixTypes types = type.map(MatrixTypes::all).orElseGet(() -> MatrixTypes.stored(opened));
      model = LoadedModel.load(opened, types, workers, (done, total) -> {});
    }
    decoder = model.program(DType.F32, workers, Meter.NONE);
  }

  /** Logits of all positions, the tokens fed in pieces of {@code chunk}. */
  float[][] logits(int[] tokens, int chunk) {
    List<float[]> rows = new ArrayList<>();
    try (KvCache cache = decoder.newCache(tokens.length)) {
      for (int from = 0; from < tokens.length; from += chunk) {
        int[] piece = Arrays.copyOfRange(tokens, from, Math.min(tokens.length, from + chunk));
        Batch batch = new Batch(List.of(new Batch.Entry(cache, piece, piece.length)));
        rows.addAll(rows(decoder.forward(batch)));
      }
    }
    return rows.toArray(float[][]::new);
  }

  /** The likeliest continuation, by what {@code ridge generate} generates with. */
  public int[] greedy(int[] prompt, int count) {
    return greedy(prompt, count, Drafter.NONE).tokens();
  }

  public Session.Turn greedy(int[] prompt, int count, Drafter drafter) {
    try (Session session = new Session(decoder, prompt.length + count, TOKENS_PER_STEP)) {
      return session.generate(prompt, count, Sampler.greedy(), drafter, token -> true);
    }
  }

  static List<float[]> rows(Tensor logits) {
    List<float[]> rows = new ArrayList<>();
    for (int i = 0; i < logits.size(0); i++) {
      float[] row = new float[logits.size(1)];
      logits.read((long) i * row.length, row, 0, row.length);
      rows.add(row);
    }
    return rows;
  }

  @Override
  public void close() {
    decoder.close();
    model.close();
    workers.close();
  }
}
