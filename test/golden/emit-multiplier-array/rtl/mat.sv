// Written by fastmamba.

// MAT: 4 rows, each an adder tree over 8 products.
module mat (
  input  logic         clk,
  input  logic         rst,
  input  logic         start,  // one cycle; the first iteration is in the next
  output logic         done,  // high while nothing runs
  input  logic [3:0]   chunks,  // 0..8: chunks of 8 tokens
  input  logic [3:0]   last_tokens,  // 0..8: tokens of the last chunk
  input  logic [127:0] weights_data,  // s8 x 16: weight words
  input  logic         weights_valid,
  output logic         weights_ready,
  input  logic [63:0]  input_data,  // s8 x 8: inputs, for every row of tiles again
  input  logic         input_valid,
  output logic         input_ready,
  output logic [127:0] output_data,  // s32 x 4: accumulators
  output logic         output_valid,
  output logic         output_reserve,  // takes the place of a word that is on its way
  input  logic         output_ready  // a place is free
);

  // Prologue: a register after every operation; the call starts when all have settled.
  logic [3:0] chunks_at_least_1;
  always_ff @(posedge clk) chunks_at_least_1 <= (chunks < 4'd1) ? 4'd1 : chunks;
  logic [2:0] last_chunk;
  always_ff @(posedge clk) last_chunk <= 3'(chunks_at_least_1) - 3'd1;
  logic [4:0] tile_rows;
  always_ff @(posedge clk) tile_rows <= (5'(chunks)) + (5'(chunks) << 1);
  logic [5:0] tiles;
  always_ff @(posedge clk) tiles <= 6'(tile_rows) << 1;
  logic tiles_at_most_1;
  always_ff @(posedge clk) tiles_at_most_1 <= (tiles < 6'd1) ? 1'(tiles) : 1'd1;
  logic [5:0] tiles_and_lead;
  always_ff @(posedge clk) tiles_and_lead <= tiles | 6'(tiles_at_most_1);
  logic any;  // the nest has iterations in this call
  always_ff @(posedge clk) any <= 6'd0 < tiles_and_lead;
  logic [5:0] tile_end;
  always_ff @(posedge clk) tile_end <= 6'(tiles_and_lead - 6'd1);

  // An iteration is issued when the words that it reads have come and those that it writes have places; after that nothing holds it up.
  wire clear;
  wire [127:0] partial_sums_read_data;

  // A nest begins in the cycle after the one before it has left the pipeline.
  wire running;
  wire enter, finish;
  nest_sequence #(.NESTS(1)) nests (
    .clk, .rst, .start, .running,
    .any(any),
    .enter(enter),
    .finish(finish)
  );
  assign done = ~running;

  // Nest Mat (tile, slot): 11 stages, an iteration every cycle. Multiplies with one tile while the next is loaded.
  wire begins;  // an iteration begins, in stage 0
  wire moves;  // the stages up to 3 move, where iterations are issued
  logic [2:0] slot;
  wire slot_last = slot == 3'd7;
  always_ff @(posedge clk)
    if (enter) slot <= '0;
    else if (moves & begins) slot <= slot_last ? '0 : slot + 3'd1;
  logic [5:0] tile;
  wire tile_last = tile == tile_end;
  always_ff @(posedge clk)
    if (enter) tile <= '0;
    else if (moves & begins & slot_last) tile <= tile_last ? '0 : tile + 6'd1;
  logic [10:1] at;  // at[s]: an iteration stands in stage s
  always_ff @(posedge clk)
    if (rst) at <= '0;
    else begin
      if (moves) at[3:1] <= {at[2:1], begins};
      at[10:4] <= {at[9:4], at[3] & clear};
    end
  nest_control #(.STAGES(11), .ISSUE_STAGE(3), .INTERVAL(1)) control (
    .clk, .rst, .enter(enter), .last(slot_last & tile_last), .waits(at[3]), .clear,
    .begins(begins), .moves(moves), .finish(finish)
  );
  localparam logic [75:0] start_2 = {19'sd0, 19'sd0, -19'sd262140, -19'sd262140};

  // Carried from iteration to iteration.
  for (genvar i = 0; i < 32; ++i) begin : spare_0
    logic [7:0] value;  // u8 x 32
  end
  for (genvar i = 0; i < 32; ++i) begin : working_bank
    logic [7:0] value;  // u8 x 4 x 8
  end
  logic col_tile;
  logic col_tile_s1;
  logic col_tile_s2;
  logic col_tile_s3;
  always_ff @(posedge clk) if (moves) begin
    col_tile_s1 <= col_tile;
    col_tile_s2 <= col_tile_s1;
    col_tile_s3 <= col_tile_s2;
  end
  logic [1:0] row_tile;
  logic [2:0] chunk;
  logic [2:0] slot_s1;
  logic [2:0] slot_s2;
  logic [2:0] slot_s3;
  wire [2:0] slot_s8;
  delay #(.WIDTH(3), .CYCLES(5)) slot_s8_delay (.clk, .en(1'b1), .in(slot_s3), .out(slot_s8));
  logic [2:0] slot_s9;
  logic [2:0] slot_s10;
  always_ff @(posedge clk) if (moves) begin
    slot_s1 <= slot;
    slot_s2 <= slot_s1;
    slot_s3 <= slot_s2;
  end
  always_ff @(posedge clk) begin
    slot_s9 <= slot_s8;
    slot_s10 <= slot_s9;
  end

  // Stage 0: tile, slot, at_end, loading, working, tile_done, last_col_tile, col_tile_done, ...
  wire at_end = slot == 3'd7;
  logic at_end_s1;
  logic at_end_s2;
  logic at_end_s3;
  logic at_end_s4;
  always_ff @(posedge clk) if (moves) begin
    at_end_s1 <= at_end;
    at_end_s2 <= at_end_s1;
    at_end_s3 <= at_end_s2;
  end
  always_ff @(posedge clk) at_end_s4 <= at_end_s3;
  wire tile_below_tiles = tile < tiles;
  wire slot_below_2 = slot < 3'd2;
  wire loading = tile_below_tiles & slot_below_2;
  logic loading_s1;
  logic loading_s2;
  logic loading_s3;
  always_ff @(posedge clk) if (moves) begin
    loading_s1 <= loading;
    loading_s2 <= loading_s1;
    loading_s3 <= loading_s2;
  end
  // in step 0 the first tile is loaded, nothing else
  wire working = 6'd0 < tile;
  logic working_s1;
  logic working_s2;
  always_ff @(posedge clk) if (moves) begin
    working_s1 <= working;
    working_s2 <= working_s1;
  end
  wire tile_done = working & at_end;
  wire last_col_tile = 1'd1 <= col_tile;
  wire [1:0] col_tile_plus_1 = 2'(col_tile) + 2'd1;
  wire [1:0] col_tile_next = last_col_tile ? 2'd0 : col_tile_plus_1;
  wire unused_col_tile_next = ^col_tile_next[1];
  wire col_tile_done = tile_done & last_col_tile;
  logic col_tile_done_s1;
  always_ff @(posedge clk) if (moves) col_tile_done_s1 <= col_tile_done;
  wire last_row_tile = 2'd2 <= row_tile;
  logic last_row_tile_s1;
  always_ff @(posedge clk) if (moves) last_row_tile_s1 <= last_row_tile;
  wire [1:0] row_tile_plus_1 = row_tile + 2'd1;
  wire [1:0] row_tile_next = last_row_tile ? 2'd0 : row_tile_plus_1;
  wire signed [3:0] chunks_less_1 = chunks - 4'd1;
  logic signed [3:0] chunks_less_1_s1;
  always_ff @(posedge clk) if (moves) chunks_less_1_s1 <= chunks_less_1;
  wire is_last_tile = col_tile == 1'd1;
  logic is_last_tile_s1;
  logic is_last_tile_s2;
  always_ff @(posedge clk) if (moves) begin
    is_last_tile_s1 <= is_last_tile;
    is_last_tile_s2 <= is_last_tile_s1;
  end

  // Stage 1: row_tile_done, last_chunk_2, in_chunk
  wire row_tile_done = col_tile_done_s1 & last_row_tile_s1;
  wire last_chunk_2 = chunks_less_1_s1 <= $signed(4'(chunk));
  wire [3:0] chunk_plus_1 = 4'(chunk) + 4'd1;
  wire [3:0] chunk_next = last_chunk_2 ? 4'd0 : chunk_plus_1;
  wire unused_chunk_next = ^chunk_next[3];
  wire chunk_is_last_chunk = chunk == last_chunk;
  wire [3:0] in_chunk = chunk_is_last_chunk ? last_tokens : 4'd8;
  logic [3:0] in_chunk_s2;
  always_ff @(posedge clk) if (moves) in_chunk_s2 <= in_chunk;

  // Stage 2: present, sum_done
  wire slot_below_in_chunk = 4'(slot_s2) < in_chunk_s2;
  wire present = working_s2 & slot_below_in_chunk;
  logic present_s3;
  wire present_s10;
  delay #(.WIDTH(1), .CYCLES(7)) present_s10_delay (.clk, .en(1'b1), .in(present_s3), .out(present_s10));
  always_ff @(posedge clk) if (moves) present_s3 <= present;
  wire sum_done = present & is_last_tile_s2;
  logic sum_done_s3;
  wire sum_done_s10;
  delay #(.WIDTH(1), .CYCLES(7)) sum_done_s10_delay (.clk, .en(1'b1), .in(sum_done_s3), .out(sum_done_s10));
  always_ff @(posedge clk) if (moves) sum_done_s3 <= sum_done;

  // Stage 3: weight_word_0, filled_0, x, sums_of_x, is_first_tile
  wire weights_wanted = at[3] & loading_s3;
  wire [127:0] weight_word_0 = weights_data;
  for (genvar i = 0; i < 16; ++i) begin : weight_word_0_lanes
    wire [7:0] weight_word_0_2 = $signed(weight_word_0[8 * i +: 8]);
    wire [7:0] spare_0_xor_128 = spare_0[i + 16].value ^ 8'd128;
  end
  wire [255:0] filled_0_joined;
  for (genvar i = 0; i < 16; ++i) begin : filled_0_joined_pack
    assign filled_0_joined[8 * i +: 8] = weight_word_0_lanes[i].spare_0_xor_128;
  end
  for (genvar i = 0; i < 16; ++i) begin : filled_0_joined_pack_2
    assign filled_0_joined[8 * (i + 16) +: 8] = weight_word_0_lanes[i].weight_word_0_2;
  end
  for (genvar i = 0; i < 32; ++i) begin : filled_0_lanes
    wire [7:0] filled_0 = loading_s3 ? filled_0_joined[8 * i +: 8] : spare_0[i].value;
  end
  wire input_wanted = at[3] & present_s3;
  wire [63:0] x = input_data;
  logic [63:0] x_s4;
  always_ff @(posedge clk) x_s4 <= x;
  for (genvar i = 0; i < 2; ++i) begin : sums_of_x_rows
    wire [31:0] sums_of_x_leaves;
    for (genvar k = 0; k < 4; ++k) begin : sums_of_x_leaves_lanes
      assign sums_of_x_leaves[8 * k +: 8] = $signed(x[8 * (i * 4 + k) +: 8]);
    end
    wire signed [9:0] sums_of_x;
    reduce_tree #(.OP("add"), .LANES(4), .WIDTH(8), .SIGNED(1), .OUT_WIDTH(10), .STAGES(0), .LEVELS_PER_STAGE(1))
      sums_of_x_tree (.clk, .en(1'b1), .in(sums_of_x_leaves), .out(sums_of_x));
  end
  for (genvar i = 0; i < 2; ++i) begin : added_to_chain_product_lanes
    wire signed [17:0] added_to_chain_product = -(18'(sums_of_x_rows[i].sums_of_x) << 7);
    logic signed [17:0] added_to_chain_product_s4;
    always_ff @(posedge clk) added_to_chain_product_s4 <= added_to_chain_product;
    wire unused_added_to_chain_product_s4 = ^added_to_chain_product_s4[17];
  end
  wire is_first_tile = col_tile_s3 == 1'd0;
  wire is_first_tile_s9;
  delay #(.WIDTH(1), .CYCLES(6)) is_first_tile_s9_delay (.clk, .en(1'b1), .in(is_first_tile), .out(is_first_tile_s9));

  // Stage 4: weights, weights_high, added_to_chain, weight_pair, pair_sums
  for (genvar i = 0; i < 16; ++i) begin : weights_high_lanes
    wire signed [7:0] weights_high = working_bank[i + 16].value;
  end
  for (genvar i = 0; i < 2; ++i) begin : added_to_chain_lanes
    // takes out the 128 in each lower weight; made before the chain, whose first block adds it
    wire [16:0] added_to_chain = 17'(added_to_chain_product_lanes[i].added_to_chain_product_s4) + 17'd65535;
  end
  for (genvar i = 0; i < 16; ++i) begin : weight_pair_lanes
    wire signed [24:0] weight_pair_shifted = 25'(weights_high_lanes[i].weights_high) << 17;
    // two weights in one 25-bit operand
    wire signed [24:0] weight_pair = weight_pair_shifted | 25'(working_bank[i].value);
  end
  for (genvar i = 0; i < 4; ++i) begin : both_sums_rows
    wire [99:0] both_sums_a;
    wire [31:0] both_sums_b;
    for (genvar k = 0; k < 4; ++k) begin : both_sums_terms
      assign both_sums_a[25 * k +: 25] = weight_pair_lanes[i * 4 + k].weight_pair;
      assign both_sums_b[8 * k +: 8] = $signed(x_s4[8 * ((i * 4 + k) % 8) +: 8]);
    end
    wire signed [34:0] both_sums;
    dsp_dot #(.TERMS(4), .A_WIDTH(25), .B_WIDTH(8), .P_WIDTH(35), .C_WIDTH(18))
      both_sums_chain (.clk, .en(1'b1), .a(both_sums_a), .b(both_sums_b), .c($signed(18'(added_to_chain_lanes[i % 2].added_to_chain))), .p(both_sums));
  end

  // Stage 8: sum_so_far
  wire [2:0] partial_sums_read_place = slot_s8;
  wire [127:0] sum_so_far = partial_sums_read_data;

  // Stage 9: sum_before
  for (genvar i = 0; i < 4; ++i) begin : sum_before_lanes
    // the offsets of all tiles are taken out before the first
    wire signed [31:0] sum_before = is_first_tile_s9 ? 32'($signed(start_2[19 * i +: 19])) : $signed(sum_so_far[32 * i +: 32]);
    logic signed [31:0] sum_before_s10;
    always_ff @(posedge clk) sum_before_s10 <= sum_before;
  end

  // Stage 10: both_sums, sums_low, sums_high, partial_low, partial_high, partial, row_sum
  for (genvar i = 0; i < 4; ++i) begin : sums_high_lanes
    wire [16:0] sums_low = 17'(both_sums_rows[i].both_sums);
    wire signed [17:0] sums_high = 18'(both_sums_rows[i].both_sums >>> 17);
  end
  for (genvar i = 0; i < 2; ++i) begin : partial_low_rows
    wire [33:0] partial_low_leaves;
    for (genvar k = 0; k < 2; ++k) begin : partial_low_leaves_lanes
      assign partial_low_leaves[17 * k +: 17] = sums_high_lanes[i * 2 + k].sums_low;
    end
    wire [17:0] partial_low;
    reduce_tree #(.OP("add"), .LANES(2), .WIDTH(17), .SIGNED(0), .OUT_WIDTH(18), .STAGES(0), .LEVELS_PER_STAGE(1))
      partial_low_tree (.clk, .en(1'b1), .in(partial_low_leaves), .out(partial_low));
  end
  for (genvar i = 0; i < 2; ++i) begin : partial_high_rows
    wire [35:0] partial_high_leaves;
    for (genvar k = 0; k < 2; ++k) begin : partial_high_leaves_lanes
      assign partial_high_leaves[18 * k +: 18] = sums_high_lanes[i * 2 + k].sums_high;
    end
    wire signed [18:0] partial_high;
    reduce_tree #(.OP("add"), .LANES(2), .WIDTH(18), .SIGNED(1), .OUT_WIDTH(19), .STAGES(0), .LEVELS_PER_STAGE(1))
      partial_high_tree (.clk, .en(1'b1), .in(partial_high_leaves), .out(partial_high));
  end
  wire [75:0] partial;
  for (genvar i = 0; i < 2; ++i) begin : partial_pack
    assign partial[19 * i +: 19] = 19'(partial_low_rows[i].partial_low);
  end
  for (genvar i = 0; i < 2; ++i) begin : partial_pack_2
    assign partial[19 * (i + 2) +: 19] = partial_high_rows[i].partial_high;
  end
  for (genvar i = 0; i < 4; ++i) begin : row_sum_lanes
    wire signed [32:0] sum_before_plus_partial = 33'(sum_before_lanes[i].sum_before_s10) + 33'($signed(partial[19 * i +: 19]));
    // wraps only before the last tile
    wire signed [31:0] row_sum = 32'(sum_before_plus_partial);
    wire unused_sum_before_plus_partial = ^sum_before_plus_partial[32];
  end
  wire partial_sums_write_wanted = at[10] & present_s10;
  wire [2:0] partial_sums_write_place = slot_s10;
  wire [127:0] partial_sums_write_word;
  for (genvar i = 0; i < 4; ++i) begin : partial_sums_write_word_pack
    assign partial_sums_write_word[32 * i +: 32] = row_sum_lanes[i].row_sum;
  end
  wire output_wanted = at[3] & sum_done_s3;
  wire output_comes = at[10] & sum_done_s10;
  wire [127:0] output_word;
  for (genvar i = 0; i < 4; ++i) begin : output_word_pack
    assign output_word[32 * i +: 32] = row_sum_lanes[i].row_sum;
  end

  // What the next iteration sees.
  for (genvar i = 0; i < 32; ++i) begin : spare_0_update
    always_ff @(posedge clk)
      if (at[3] & clear) spare_0[i].value <= filled_0_lanes[i].filled_0;
  end
  for (genvar i = 0; i < 32; ++i) begin : working_bank_update
    always_ff @(posedge clk)
      if (at[4] & at_end_s4) working_bank[i].value <= spare_0[i].value;
  end
  always_ff @(posedge clk)
    if (enter) col_tile <= 1'd0;
    else if (begins & moves & tile_done) col_tile <= 1'(col_tile_next);
  always_ff @(posedge clk)
    if (enter) row_tile <= 2'd0;
    else if (begins & moves & col_tile_done) row_tile <= row_tile_next;
  always_ff @(posedge clk)
    if (enter) chunk <= 3'd0;
    else if (at[1] & moves & row_tile_done) chunk <= 3'(chunk_next);

  // partial_sums, 8 x s32 x 4: sums of the rows so far, one word for each token slot
  ram #(.WIDTH(128), .DEPTH(8), .STORAGE("lutram"), .READ_STAGES(1)) partial_sums_memory (
    .clk, .read_address(partial_sums_read_place), .read_data(partial_sums_read_data),
    .write(partial_sums_write_wanted),
    .write_address(partial_sums_write_place),
    .write_data(partial_sums_write_word)
  );

  // What the iteration in the issue stage waits for: a word, room, memory.
  wire lacks_word = (weights_wanted & ~weights_valid)
    | (input_wanted & ~input_valid);
  wire lacks_room = (output_wanted & ~output_ready);
  wire lacks_memory = 1'b0;
  assign clear = ~(lacks_word | lacks_room | lacks_memory);
  assign weights_ready = clear & weights_wanted;
  assign input_ready = clear & input_wanted;
  assign output_reserve = clear & output_wanted;
  assign output_valid = output_comes;
  assign output_data = output_word;

  // Bits that nothing here reads.
  wire unused_chunks_at_least_1 = ^chunks_at_least_1[3];
endmodule
