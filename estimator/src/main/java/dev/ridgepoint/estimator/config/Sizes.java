package dev.ridgepoint.estimator.config;

import dev.ridgepoint.estimator.architecture.Limits;
import dev.ridgepoint.estimator.input.JsonFields;
import java.util.List;
import java.util.Locale;

/** Numbers of a config, each refused under the name that it has in its family. */
final class Sizes {
  private Sizes() {}

  static int hidden(JsonFields json) {
    return size(json, "hidden_size", Limits.MAX_WIDTH);
  }

  static int layers(JsonFields json) {
    return size(json, "num_hidden_layers", Limits.MAX_LAYERS);
  }

  /** A size in 1..max. */
  static int size(JsonFields json, String field, int max) {
    int size = json.requiredInt(field);
    Limits.requireSize(field, size, max);
    return size;
  }

  /** A number of all layers, or the layer's own of a list that has one for each. */
  static int ofLayer(JsonFields json, String field, int layer) {
    if (!json.isList(field)) {
      return json.requiredInt(field);
    }
    List<Integer> all = json.requiredInts(field);
    if (layer >= all.size()) {
      throw json.invalid(
          field,
          String.format(Locale.ROOT, "has %d numbers, none for layer %d", all.size(), layer));
    }
    return all.get(layer);
  }

  /** A number that says that every so many layers are of a kind. */
  static int interval(JsonFields json, String field, int absent) {
    int interval = json.intOr(field, absent);
    if (interval < 1) {
      throw json.invalid(field, "must be positive, but is " + interval);
    }
    return interval;
  }

  /** A number above 0, such as an epsilon or a factor. */
  static double positive(JsonFields json, String field, double absent) {
    double value = json.doubleOr(field, absent);
    Limits.requirePositive(field, value);
    return value;
  }

  /** {@code head_dim}, or {@code hidden_size / num_attention_heads} where that is not given. */
  static int headDim(JsonFields json) {
    if (json.has("head_dim")) {
      return json.requiredInt("head_dim");
    }
    return headDim(json, "hidden_size", "num_attention_heads", " where head_dim is not given");
  }

  /** {@code hidden / heads}, where a family has no field for it. */
  static int headDim(JsonFields json, String hiddenField, String headsField) {
    return headDim(json, hiddenField, headsField, "");
  }

  private static int headDim(JsonFields json, String hiddenField, String headsField, String where) {
    int hidden = size(json, hiddenField, Limits.MAX_WIDTH);
    int heads = size(json, headsField, Limits.MAX_WIDTH);
    if (hidden % heads != 0) {
      throw json.invalid(
          hiddenField,
          String.format(
              Locale.ROOT,
              "must be a multiple of %s (%d)%s, but is %d",
              headsField,
              heads,
              where,
              hidden));
    }
    return hidden / heads;
  }

  /** Refuses what is another architecture. */
  static void refuse(JsonFields json, String field, boolean refused, boolean absent) {
    if (json.booleanOr(field, absent) == refused) {
      throw json.invalid(field, "is " + refused + ", which is not supported");
    }
  }
}
