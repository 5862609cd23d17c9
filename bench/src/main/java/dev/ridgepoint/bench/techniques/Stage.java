package dev.ridgepoint.bench.techniques;

import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.estimator.time.Predictor;
import dev.ridgepoint.model.Batch;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What techniques are run with.
 *
 * @param predictors of the model and the smaller one
 * @param text what the model continues; repeated as often as it must be
 */
record Stage(BenchedModel model, Sizes sizes, Predictors predictors, int[] text) {
  private static final long SEED = 20_261_126;

  /** A beginning that small models of stories know, too; long enough not to repeat itself. */
  private static final String TEXT =
      "Once upon a time there was a little girl who lived with her mother in a small house near"
          + " the forest. Every morning she went to the river to fetch water, and one morning she"
          + " met a bird that could not fly. The bird said that it had lost its way in the storm"
          + " and hurt its wing on a branch. The girl took it home in her hat, gave it some bread"
          + " and asked her mother what to do. Her mother smiled and";

  /** With a text in the model's own tokens, or random ones if it has no tokenizer. */
  static Stage of(BenchedModel model, Sizes sizes, Predictors predictors) {
    int[] text =
        model
            .encoded(TEXT)
            .filter(tokens -> tokens.length > 0)
            .orElseGet(
                () ->
                    new SplittableRandom(SEED)
                        .ints(sizes.prompt(), 0, model.architecture().embedding().vocabSize())
                        .toArray());
    return new Stage(model, sizes, predictors, text);
  }

  /** The predictor with caches of the model's usual type. */
  Predictor predictor() {
    return predictors.model().get(model.kvType());
  }

  /** So many tokens of the text. */
  int[] tokens(int count) {
    int[] tokens = new int[count];
    for (int i = 0; i < count; i++) {
      tokens[i] = text[i % text.length];
    }
    return tokens;
  }

  /** A piece of the text for a cache, with the logits of its last token. */
  Batch.Entry piece(KvCache cache, int from, int to) {
    return new Batch.Entry(cache, Arrays.copyOfRange(tokens(to), from, to), 1);
  }
}
