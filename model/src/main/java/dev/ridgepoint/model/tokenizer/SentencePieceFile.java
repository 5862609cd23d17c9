package dev.ridgepoint.model.tokenizer;

import dev.ridgepoint.estimator.input.InvalidInputException;
import dev.ridgepoint.model.tokenizer.Tokenizer.Frame;
import dev.ridgepoint.model.tokenizer.Tokenizer.Parts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * Reads SentencePiece's {@code tokenizer.model}, a message of {@code sentencepiece_model.proto}.
 * What it does not know, such as whether a text begins with BOS, a {@code tokenizer_config.json}
 * beside it says.
 */
final class SentencePieceFile {
  /** Vocabularies of 262,144 tokens take 5 MB. */
  private static final int MAX_BYTES = 64 << 20;

  private static final int UNIGRAM = 1;
  private static final int BPE = 2;

  private final String source;
  private final List<String> pieces = new ArrayList<>();
  private final List<Float> scores = new ArrayList<>();
  private final List<PieceType> types = new ArrayList<>();
  private int modelType = UNIGRAM;
  private boolean byteFallback;
  private byte[] charsMap = new byte[0];
  private boolean addDummyPrefix = true;
  private boolean removeExtraWhitespaces = true;

  private SentencePieceFile(String source) {
    this.source = source;
  }

  /**
   * The tokenizer that a file holds.
   *
   * @param specials of the tokenizer's config
   * @throws InvalidInputException if the file is malformed, or asks for what is not known here
   */
  static Tokenizer read(Path path, SpecialTokens specials) {
    SentencePieceFile file = new SentencePieceFile(path.toString());
    file.readModel(bytes(path));
    return file.tokenizer(specials);
  }

  private static ByteBuffer bytes(Path path) {
    try {
      long size = Files.size(path);
      if (size > MAX_BYTES) {
        throw new InvalidInputException(
            path.toString(),
            String.format(Locale.ROOT, "has %d bytes; at most %d are read", size, MAX_BYTES));
      }
      return ByteBuffer.wrap(Files.readAllBytes(path));
    } catch (IOException e) {
      throw new InvalidInputException(
          path.toString(), "cannot be read: " + e.getClass().getSimpleName(), e);
    }
  }

  private void readModel(ByteBuffer bytes) {
    ProtobufReader model = new ProtobufReader(source, "ModelProto", bytes);
    model.read(
        field -> {
          switch (field) {
            case 1 -> readPiece(model.message("SentencePiece"));
            case 2 -> readTrainer(model.message("TrainerSpec"));
            case 3 -> readNormalizer(model.message("NormalizerSpec"));
            default -> {}
          }
        });
    if (pieces.isEmpty()) {
      throw new InvalidInputException(source, "has no pieces");
    }
  }

  private void readPiece(ProtobufReader piece) {
    int id = pieces.size();
    pieces.add("");
    scores.add(0f);
    types.add(PieceType.NORMAL);
    piece.read(
        field -> {
          switch (field) {
            case 1 -> pieces.set(id, piece.text());
            case 2 -> scores.set(id, piece.real());
            case 3 -> types.set(id, type(id, piece.number()));
            default -> {}
          }
        });
  }

  private PieceType type(int id, long number) {
    return PieceType.of(Math.clamp(number, 0, Integer.MAX_VALUE))
        .orElseThrow(
            () ->
                new InvalidInputException(
                    source,
                    String.format(Locale.ROOT, "piece %d has the unknown type %d", id, number)));
  }

  private void readTrainer(ProtobufReader trainer) {
    trainer.read(
        field -> {
          switch (field) {
            case 3 -> modelType = (int) trainer.number();
            case 35 -> byteFallback = trainer.number() != 0;
            default -> {}
          }
        });
  }

  private void readNormalizer(ProtobufReader normalizer) {
    normalizer.read(
        field -> {
          switch (field) {
            case 2 -> {
              ByteBuffer map = normalizer.bytes();
              charsMap = new byte[map.remaining()];
              map.get(charsMap);
            }
            case 3 -> addDummyPrefix = normalizer.number() != 0;
            case 4 -> removeExtraWhitespaces = normalizer.number() != 0;
            default -> {}
          }
        });
  }

  private Tokenizer tokenizer(SpecialTokens specials) {
    Vocabulary vocabulary = Vocabulary.of(source, "pieces", pieces);
    SentencePieceText text = new SentencePieceText(addDummyPrefix);
    List<AddedTokens.Token> literal = new ArrayList<>();
    List<AddedTokens.Token> normalized = new ArrayList<>();
    for (int id = 0; id < pieces.size(); id++) {
      switch (types.get(id)) {
        case CONTROL, UNKNOWN -> literal.add(AddedTokens.Token.special(pieces.get(id), id));
        case USER_DEFINED -> normalized.add(AddedTokens.Token.text(pieces.get(id), id, true));
        case NORMAL, UNUSED, BYTE -> {}
      }
    }
    Normalizer normalizer =
        Normalizer.sequence(
            List.of(
                CharsMap.of(source, charsMap),
                removeExtraWhitespaces ? Normalizer.singleSpaces() : Normalizer.NONE,
                text.normalizer()));
    return new Tokenizer(
        new Parts(
            vocabulary,
            new AddedTokens(literal),
            normalizer,
            new AddedTokens(normalized),
            PreTokenizer.NONE,
            model(vocabulary),
            text.decoder(),
            frame(specials, vocabulary)));
  }

  private TokenModel model(Vocabulary vocabulary) {
    boolean[] usable = new boolean[pieces.size()];
    for (int id = 0; id < usable.length; id++) {
      usable[id] = types.get(id).isText();
    }
    int unknown = types.indexOf(PieceType.UNKNOWN);
    UnknownPieces unknownPieces =
        new UnknownPieces(
            byteFallback ? UnknownPieces.byteIds(source, vocabulary) : new int[0],
            unknown < 0 ? OptionalInt.empty() : OptionalInt.of(unknown),
            true);
    return switch (modelType) {
      case UNIGRAM -> {
        double[] values = scores.stream().mapToDouble(Float::doubleValue).toArray();
        yield new UnigramLattice(source, vocabulary, values, usable, unknownPieces);
      }
      case BPE -> {
        float[] values = new float[scores.size()];
        for (int id = 0; id < values.length; id++) {
          values[id] = scores.get(id);
        }
        yield new SentencePieceMerges(vocabulary, values, usable, unknownPieces);
      }
      default ->
          throw new InvalidInputException(
              source,
              String.format(
                  Locale.ROOT,
                  "trainer_spec.model_type must be %d (unigram) or %d (bpe), but is %d",
                  UNIGRAM,
                  BPE,
                  modelType));
    };
  }

  private Frame frame(SpecialTokens specials, Vocabulary vocabulary) {
    return new Frame(
        specials.addBos() ? specials.id(specials.bos(), vocabulary) : List.of(),
        specials.addEos() ? specials.id(specials.eos(), vocabulary) : List.of());
  }
}
