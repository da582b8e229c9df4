// Written by fastmamba.

// HAT: Butterflies of words 1 apart; a delay line holds the earlier one.
module hat_words_1 (
  input  logic        clk,
  input  logic        rst,
  input  logic        start,  // one cycle; the first iteration is in the next
  output logic        done,  // high while nothing runs
  input  logic [8:0]  words,  // 0..400: words of 4 lanes
  input  logic [71:0] hat_stage_2_data,  // s18 x 4: Sums and differences over 4 neighbours, within a word.
  input  logic        hat_stage_2_valid,
  output logic        hat_stage_2_ready,
  output logic [75:0] hat_stage_3_data,  // s19 x 4: Sums and differences over 8 neighbours.
  output logic        hat_stage_3_valid,
  input  logic        hat_stage_3_ready
);

  // Prologue: a register after every operation; the call starts when all have settled.
  logic [8:0] word_count;
  always_ff @(posedge clk) word_count <= words + 9'd1;
  logic [8:0] word_end;
  always_ff @(posedge clk) word_end <= 9'(word_count - 9'd1);

  // An iteration is issued when the words that it reads have come and those that it writes have places; after that nothing holds it up.
  wire clear;

  // A nest begins in the cycle after the one before it has left the pipeline.
  wire running;
  wire enter, finish;
  nest_sequence #(.NESTS(1)) nests (
    .clk, .rst, .start, .running,
    .any(1'b1),
    .enter(enter),
    .finish(finish)
  );
  assign done = ~running;

  // Nest Butterfly (word): 2 stages, an iteration every cycle.
  wire begins;  // an iteration begins, in stage 0
  wire moves;  // the stages up to 1 move, where iterations are issued
  logic [8:0] word;
  wire word_last = word == word_end;
  always_ff @(posedge clk)
    if (enter) word <= '0;
    else if (moves & begins) word <= word_last ? '0 : word + 9'd1;
  logic [1:1] at;  // at[s]: an iteration stands in stage s
  always_ff @(posedge clk)
    if (rst) at <= '0;
    else begin
      if (moves) at[1] <= begins;
    end
  nest_control #(.STAGES(2), .ISSUE_STAGE(1), .INTERVAL(1)) control (
    .clk, .rst, .enter(enter), .last(word_last), .waits(at[1]), .clear,
    .begins(begins), .moves(moves), .finish(finish)
  );

  // Carried from iteration to iteration.
  for (genvar i = 0; i < 4; ++i) begin : delayed
    logic signed [18:0] value;  // s19 x 4
  end
  logic [8:0] word_s1;
  always_ff @(posedge clk) if (moves) word_s1 <= word;
  wire unused_word_s1 = ^word_s1[8:1];

  // Stage 0: word, is_input, is_output
  wire is_input = word < words;
  logic is_input_s1;
  always_ff @(posedge clk) if (moves) is_input_s1 <= is_input;
  wire is_output = 9'd1 <= word;
  logic is_output_s1;
  always_ff @(posedge clk) if (moves) is_output_s1 <= is_output;

  // Stage 1: second_half, fresh, held, pair_sum, pair_difference, result, kept
  wire second_half = 1'(word_s1);
  wire hat_stage_2_wanted = at[1] & is_input_s1;
  wire [71:0] fresh = is_input_s1 ? hat_stage_2_data : '0;
  for (genvar i = 0; i < 4; ++i) begin : result_lanes
    wire signed [19:0] held_plus_fresh = 20'(delayed[i].value) + 20'($signed(fresh[18 * i +: 18]));
    wire signed [18:0] pair_sum = 19'(held_plus_fresh);
    wire signed [19:0] held_less_fresh = 20'(delayed[i].value) - 20'($signed(fresh[18 * i +: 18]));
    wire signed [18:0] pair_difference = 19'(held_less_fresh);
    wire signed [18:0] result = second_half ? pair_sum : delayed[i].value;
    wire unused_held_plus_fresh = ^held_plus_fresh[19];
    wire unused_held_less_fresh = ^held_less_fresh[19];
  end
  wire hat_stage_3_wanted = at[1] & is_output_s1;
  wire [75:0] hat_stage_3_word;
  for (genvar i = 0; i < 4; ++i) begin : hat_stage_3_word_pack
    assign hat_stage_3_word[19 * i +: 19] = result_lanes[i].result;
  end
  for (genvar i = 0; i < 4; ++i) begin : kept_lanes
    wire signed [18:0] kept = second_half ? result_lanes[i].pair_difference : 19'($signed(fresh[18 * i +: 18]));
  end

  // What the next iteration sees.
  for (genvar i = 0; i < 4; ++i) begin : delayed_update
    always_ff @(posedge clk)
      if (enter) delayed[i].value <= 19'sd0;
      else if (at[1] & clear) delayed[i].value <= kept_lanes[i].kept;
  end

  // What the iteration in the issue stage waits for: a word, room, memory.
  wire lacks_word = (hat_stage_2_wanted & ~hat_stage_2_valid);
  wire lacks_room = (hat_stage_3_wanted & ~hat_stage_3_ready);
  wire lacks_memory = 1'b0;
  assign clear = ~(lacks_word | lacks_room | lacks_memory);
  assign hat_stage_2_ready = clear & hat_stage_2_wanted;
  assign hat_stage_3_valid = clear & hat_stage_3_wanted;
  assign hat_stage_3_data = hat_stage_3_word;
endmodule
