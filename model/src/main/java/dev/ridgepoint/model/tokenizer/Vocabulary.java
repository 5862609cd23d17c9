package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.estimator.input.InvalidInputException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** The tokens of a model: a text piece for each id, and the id of each piece. */
public final class Vocabulary {
  /** More tokens than any model has; {@link PairRanks} packs an id into so many bits. */
  static final int MAX_SIZE = 1 << PairRanks.ID_BITS;

  private final String[] pieces;
  private final Map<String, Integer> ids;

  private Vocabulary(String[] pieces, Map<String, Integer> ids) {
    this.pieces = pieces;
    this.ids = ids;
  }

  /**
   * A vocabulary whose ids are places in a list. Empty pieces fill gaps and stand for nothing.
   *
   * @param source the file, for messages
   * @param field the list's name in messages
   */
  static Vocabulary of(String source, String field, List<String> pieces) {
    requireSize(source, field, pieces.size());
    Map<String, Integer> ids = HashMap.newHashMap(pieces.size());
    for (int id = 0; id < pieces.size(); id++) {
      String piece = pieces.get(id);
      Integer before = piece.isEmpty() ? null : ids.put(piece, id);
      if (before != null) {
        throw new InvalidInputException(
            source,
            String.format(
                Locale.ROOT, "%s[%d] is %s, as is [%d]", field, id, Shown.quote(piece), before));
      }
    }
    return new Vocabulary(pieces.toArray(String[]::new), ids);
  }

  /**
   * A vocabulary of pieces with ids, between which there may be gaps.
   *
   * @param source the file, for messages
   * @param field the map's name in messages
   */
  static Vocabulary of(String source, String field, Map<String, Integer> ids) {
    int size = 0;
    for (Map.Entry<String, Integer> entry : ids.entrySet()) {
      int id = entry.getValue();
      if (id < 0 || id >= MAX_SIZE) {
        throw new InvalidInputException(
            source,
            String.format(
                Locale.ROOT,
                "%s: the id of %s must be in 0..%d, but is %d",
                field,
                Shown.quote(entry.getKey()),
                MAX_SIZE - 1,
                id));
      }
      size = Math.max(size, id + 1);
    }
    String[] pieces = new String[size];
    ids.forEach(
        (piece, id) -> {
          if (pieces[id] != null) {
            throw new InvalidInputException(
                source,
                String.format(
                    Locale.ROOT,
                    "%s: %s and %s have the id %d",
                    field,
                    Shown.quote(pieces[id]),
                    Shown.quote(piece),
                    id));
          }
          pieces[id] = piece;
        });
    return new Vocabulary(pieces, new HashMap<>(ids));
  }

  private static void requireSize(String source, String field, int size) {
    if (size > MAX_SIZE) {
      throw new InvalidInputException(
          source,
          String.format(Locale.ROOT, "%s has %d tokens; at most %d", field, size, MAX_SIZE));
    }
  }

  /** One more than the greatest id. */
  public int size() {
    return pieces.length;
  }

  /**
   * In words, the first token of another vocabulary that is not this one's; ids it lacks do not
   * count.
   */
  public Optional<String> difference(Vocabulary other) {
    return IntStream.range(0, Math.min(pieces.length, other.pieces.length))
        .filter(id -> !Objects.equals(pieces[id], other.pieces[id]))
        .mapToObj(
            id ->
                String.format(
                    Locale.ROOT,
                    "its token %d is %s, not %s",
                    id,
                    shown(other.pieces[id]),
                    shown(pieces[id])))
        .findFirst();
  }

  private static String shown(String piece) {
    return piece == null ? "none" : Shown.quote(piece);
  }

  /** The id of a piece. */
  public OptionalInt id(String piece) {
    Integer id = ids.get(piece);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** The piece of an id, as the model's file spells it, if the id has one. */
  public Optional<String> piece(int id) {
    return id < 0 || id >= pieces.length ? Optional.empty() : Optional.ofNullable(pieces[id]);
  }
}
