// What a process keeps to, however long it waits for words and for places. Stands at the end of the process of the proof, which takes `words`
// and then `more` words, and writes the fourth power of each of the first but the last one, and the square of the others.
logic began = 1'b0;  // the first cycle, which resets, is over
always_ff @(posedge clk) began <= 1'b1;
always_comb if (!began) assume (rst);

// A call begins when the one before it is over, a cycle after its scalars, which stay until its end.
logic [1:0] words_before, more_before;
always_ff @(posedge clk) {words_before, more_before} <= {words, more};
always_comb
  if (began && !rst) begin
    assume (!start || done);
    assume (!(start || !done) || {words, more} == {words_before, more_before});
  end

// Iterations of this call that were issued, and those that are to be.
logic called;
logic [2:0] issued, of_call;
wire issues = from_ready;
always_ff @(posedge clk)
  if (rst) {called, issued} <= '0;
  else begin
    called <= called | start;
    issued <= start ? '0 : issued + 3'(issues);
    if (start) of_call <= {1'b0, words} + {1'b0, more};
  end

// What the word that is taken should become.
function automatic logic [6:0] fourth(input logic [1:0] x);
  case (x)
    2'd3: fourth = 7'd81;
    2'd2: fourth = 7'd16;
    default: fourth = 7'(x);
  endcase
endfunction
function automatic logic [6:0] square(input logic [1:0] x);
  case (x)
    2'd3: square = 7'd9;
    2'd2: square = 7'd4;
    default: square = 7'(x);
  endcase
endfunction
wire of_first_nest = issued < {1'b0, words};
wire writes = !of_first_nest || issued + 3'd1 != {1'b0, words};
wire [6:0] expected = of_first_nest ? fourth(from_data) : square(from_data);

// Places taken whose word is to come; any one of these words and the number of those in front of it.
(* anyseq *) logic choose;
logic watched;
logic [6:0] watched_word;
logic [2:0] announced, ahead;
always_ff @(posedge clk)
  if (rst) {watched, announced, ahead} <= '0;
  else begin
    announced <= announced + 3'(to_reserve) - 3'(to_valid);
    if (watched) begin
      if (to_valid) ahead <= ahead - 3'd1;
      if (to_valid && ahead == '0) watched <= 1'b0;
    end else if (choose && to_reserve && !(to_valid && announced == '0)) begin
      watched <= 1'b1;
      watched_word <= expected;
      ahead <= announced - 3'(to_valid);
    end
  end

// Cycles since an iteration was issued, those since the last place was taken, and those in which nothing had to be waited for and yet
// nothing was issued.
logic first_before;
logic [2:0] since_place, idle;
always_ff @(posedge clk) begin
  first_before <= ~rst & issues & of_first_nest;
  since_place <= to_reserve ? 3'd1 : since_place == 3'd7 ? since_place : since_place + 3'd1;
  idle <= rst | done | issues | ~from_valid | ~to_ready ? '0 : idle == 3'd7 ? idle : idle + 3'd1;
end

always_comb
  if (began && !rst) begin
    // It takes a word that is there, and no more than those of its call.
    takes_what_is_there: assert (!from_ready || from_valid);
    takes_no_more: assert (!issues || (called && issued < of_call));
    // What a FIFO is promised: a place is taken where there is one, and no word comes without.
    place_is_there: assert (!to_reserve || to_ready);
    word_has_place: assert (!to_valid || to_reserve || announced != '0);
    // Every iteration takes the place of its word as it takes what it reads. The word comes in the order of the places, as it should be, and soon.
    place_for_word: assert (to_reserve == (issues & writes));
    word_in_turn: assert (!(watched && ahead == '0 && to_valid) || to_data == watched_word);
    word_at_once: assert (!(to_valid && announced == '0) || to_data == expected);
    word_comes_soon: assert (announced == '0 || since_place <= 3'd3);
    // The first nest keeps its interval.
    interval_kept: assert (!first_before || !(issues && of_first_nest));
    // Done is done: all words taken, all written. It comes, since nothing waits without a reason for long.
    done_is_all: assert (!done || !called || (issued == of_call && announced == '0));
    goes_on: assert (idle <= 3'd5);
  end
